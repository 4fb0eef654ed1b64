"""The JSON Schema of the config and of rule files, for editors: made from the models, facts and records themselves."""
