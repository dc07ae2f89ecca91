"""The declarations of the tables and, on Pandera and Polars, the schemas that enforce them."""
