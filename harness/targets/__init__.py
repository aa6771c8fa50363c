"""Where an operator says what may be run on: `targets.yaml`, its origins, its families, and what is selected of them."""
