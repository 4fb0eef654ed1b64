"""Taking back what a run wrote, where no person has touched it since."""
