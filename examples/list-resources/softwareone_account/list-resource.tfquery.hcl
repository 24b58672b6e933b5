list "softwareone_account" "clients" {
  provider = accounts

  include_resource = true
  limit            = 1000

  config {
    type = "Client"
  }
}
