"""Where an operator says what may be run on: `targets.yaml`, its origins and families, and what is selected of them."""
