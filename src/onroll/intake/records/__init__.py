"""An authority's own records: received in whatever form, checked against their contracts, made tidy."""
