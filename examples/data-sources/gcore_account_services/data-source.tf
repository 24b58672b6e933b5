data "gcore_account_services" "acme" {
  provider = accounts

  account_id = "7310004"
}

output "paused" {
  value = [for s in data.gcore_account_services.acme.services : "${s.product} until ${s.deleted_date}" if s.status == "paused"]
}
