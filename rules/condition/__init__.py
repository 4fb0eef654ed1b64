"""The small language of rule conditions and field mappings: text in, typed tree, SQL out."""
