data "gcore_caller" "this" {
  provider = accounts
}

output "gcore_allowed_callers" {
  value = [data.gcore_caller.this.id]
}
