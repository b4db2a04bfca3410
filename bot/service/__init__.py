"""The shared service: the rules about plans and coaches. One method is one act and one transaction."""
