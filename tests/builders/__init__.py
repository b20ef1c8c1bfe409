"""What tests are built from: small pathways, numbers on paper, tables by hand, random pathways, an engine of toys."""
