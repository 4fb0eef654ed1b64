"""The Salesforce side of the sandbox: REST, SOQL and Tooling as the vendor documents them."""
