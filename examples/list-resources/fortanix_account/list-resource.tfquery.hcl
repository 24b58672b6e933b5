list "fortanix_account" "all" {
  provider = accounts

  include_resource = true
  limit            = 1000

  config {}
}
