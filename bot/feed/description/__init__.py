"""The operations, their parameters and answers, and the description that is made of them."""
