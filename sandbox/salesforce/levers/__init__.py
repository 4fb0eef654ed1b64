"""What the person who runs the sandbox can do to the org behind its API's back: POST /_sandbox/salesforce/NAME."""
