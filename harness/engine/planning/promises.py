"""What is promised of a case's target: by its operator, and by the documentation for what the scenario needs."""

from typing import Final

from harness.catalogue import Catalogue, Documented
from harness.conversation import Promised
from harness.engine.planning.plan import Case

REGIONAL: Final = ("standard_regional", "regional_provisioned")
"""Deployment types that are answered for in their region."""


def promised(case: Case) -> Promised:
    """The promises that rules hold the answers to."""
    facts = case.target.facts
    catalogue = Catalogue.load()
    answers = {
        need: catalogue.documents(need, facts.model, facts.region, facts.version).answer for need in case.scenario.needs
    }
    in_region = facts.deployment_type in REGIONAL or (facts.kind == "embedded" and facts.deployment_type is None)
    return Promised(
        facts.model,
        facts.version,
        facts.region,
        in_region,
        tuple(need for need, answer in answers.items() if answer is Documented.YES),
        tuple(need for need, answer in answers.items() if answer is Documented.NO),
    )
