# terraform apply -invoke=action.gcore_reset_password.owner
action "gcore_reset_password" "owner" {
  provider = accounts

  config {
    email = "owner@acme.example"
  }
}
