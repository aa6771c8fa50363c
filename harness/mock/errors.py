"""Refusals with their documented bodies: `{"error": {"message", "type", "param", "code"}}` and Azure's own forms."""

from typing import Any, Final


class Refused(Exception):
    """The service refuses a request: HTTP status, JSON body and header lines of the answer."""

    def __init__(self, status: int, body: Any, headers: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(f"{status} {body}")
        self.status = status
        self.body = body
        self.headers = headers


def invalid(message: str, param: str | None = None, code: str | None = None, status: int = 400) -> Refused:
    """A request that breaks a rule of the API; `param` names the field with its path."""
    error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}
    return Refused(status, {"error": error})


def unauthorized() -> Refused:
    """A missing or wrong key: Azure's gateway answers with neither type nor param."""
    message = (
        "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for "
        "an active subscription and use a correct regional API endpoint for your resource."
    )
    return Refused(401, {"error": {"code": "401", "message": message}})


def forbidden(message: str) -> Refused:
    """A browser or a foreign host name where only local programs may come."""
    return Refused(403, {"error": {"code": "403", "message": message}})


def no_deployment() -> Refused:
    """No deployment of that name on this resource."""
    message = (
        "The API deployment for this resource does not exist. If you created the deployment within the last 5 "
        "minutes, please wait a moment and try again."
    )
    error = {"type": "invalid_request_error", "code": "DeploymentNotFound", "message": message}
    return Refused(404, {"error": error})


NOT_SERVED: Final = {404: "Resource not found", 405: "Method not allowed", 413: "Request body too large"}


def no_resource(status: int = 404, message: str | None = None) -> Refused:
    """A path or a method that does not exist, a body beyond all limits: refused by the gateway, in its own form."""
    message = message or NOT_SERVED.get(status, "Bad request")
    return Refused(status, {"error": {"code": str(status), "message": message}})


def no_version(version: str) -> Refused:
    """An `api-version` that this path does not have."""
    return Refused(400, {"error": {"code": "BadRequest", "message": f"API version not supported: {version[:40]}"}})


def broken() -> Refused:
    """The service itself stumbled."""
    error = {"message": "The server had an error while processing your request.", "type": "server_error"}
    return Refused(500, {"error": {**error, "param": None, "code": None}})


def no_response(response_id: str) -> Refused:
    """A response that was never stored, or is gone."""
    return invalid(f"Response with id '{response_id}' not found.", status=404)


def no_parent(response_id: str) -> Refused:
    """A `previous_response_id` that names nothing stored."""
    message = f"Previous response with id '{response_id}' not found."
    return invalid(message, "previous_response_id", "previous_response_not_found")
