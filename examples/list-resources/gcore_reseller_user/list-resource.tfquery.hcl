list "gcore_reseller_user" "all" {
  provider = accounts

  include_resource = true
  limit            = 1000

  config {}
}
