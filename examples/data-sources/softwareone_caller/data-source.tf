data "softwareone_caller" "this" {
  provider = accounts
}

output "softwareone_allowed_callers" {
  value = [data.softwareone_caller.this.id]
}
