"""A declarative test and evaluation harness for the (Azure) OpenAI Responses API.

Its own asserts are not for pytest to rewrite, also when the command line has imported it first: PYTEST_DONT_REWRITE
"""

__version__ = "0.1.0"
