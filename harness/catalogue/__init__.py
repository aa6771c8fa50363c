"""What is documented where: regions, models and features as dated facts."""

from harness.catalogue.catalogue import Catalogue, Documented, Fact

__all__ = ["Catalogue", "Documented", "Fact"]
