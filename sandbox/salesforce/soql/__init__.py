"""SOQL, the vendor's query language: read by a grammar and turned into parameterised SQL."""
