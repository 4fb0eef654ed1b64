"""Makes up an agency's client base, and writes it in both CRMs' words."""
