"""Fees for contact out of boundary: what a tariff can say, and one fixed order in which it is applied."""
