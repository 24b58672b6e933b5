data "gcore_reseller_user" "by_email" {
  provider = accounts

  email = "it@acme.example"
}

output "acme_account" {
  value = data.gcore_reseller_user.by_email.client_id
}
