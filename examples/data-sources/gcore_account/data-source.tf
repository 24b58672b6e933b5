data "gcore_account" "by_company" {
  provider = accounts

  company = "Acme"
}

output "acme_status" {
  value = data.gcore_account.by_company.status
}
