"""Evidence: one row a finding, with whom it is compared and how. Nothing here is rounded or drawn."""
