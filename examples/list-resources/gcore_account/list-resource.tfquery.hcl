list "gcore_account" "live" {
  provider = accounts

  include_resource = true
  limit            = 1000

  config {
    is_test = false
  }
}
