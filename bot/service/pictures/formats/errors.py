"""Rejection of an image file."""

from bot.domain.image_problems import ImageProblem


class ImageError(Exception):
    """The file is rejected because of its `problem`."""

    def __init__(self, problem: ImageProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem
