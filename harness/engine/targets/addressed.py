"""What a target adds to every request: the API version to its address, the image deployment to its header lines."""

from dataclasses import replace
from typing import Final

from harness.wire.exchange import Exchange, Request, Sender

IMAGE_HEADER: Final = "x-ms-oai-image-generation-deployment"


class Addressed:
    """A sender that completes requests as the target wants them. What it adds is part of the exchange."""

    def __init__(self, sender: Sender, api_version: str | None, image_deployment: str | None) -> None:
        self._sender = sender
        self._api_version = api_version
        self._image_deployment = image_deployment

    async def send(self, request: Request) -> Exchange:
        return await self._sender.send(self.completed(request))

    def completed(self, request: Request) -> Request:
        """The request as it goes out; what its author set stays."""
        if self._api_version and "api-version=" not in request.url:
            mark = "&" if "?" in request.url else "?"
            request = replace(request, url=f"{request.url}{mark}api-version={self._api_version}")
        named = any(name.lower() == IMAGE_HEADER for name, _ in request.headers)
        if self._image_deployment and not named and b'"image_generation"' in request.body:
            request = replace(request, headers=(*request.headers, (IMAGE_HEADER, self._image_deployment)))
        return request
