resource "gcore_account" "acme" {
  provider = accounts

  company = "Acme Platform Team" # unique at Gcore, among reseller users too

  # Gcore has no call that deletes an account. With "abandon" a destroy forgets it; by default a destroy is refused.
  deletion_policy = "abandon"
}
