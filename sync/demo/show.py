"""placeholder"""


def show_demo(*, as_document: bool) -> int:
    """x"""
    return 0
