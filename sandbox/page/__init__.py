"""What a person sees who looks into this CRM with a browser."""
