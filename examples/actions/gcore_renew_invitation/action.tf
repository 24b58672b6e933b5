# terraform apply -invoke=action.gcore_renew_invitation.owner
action "gcore_renew_invitation" "owner" {
  provider = accounts

  config {
    email = "owner@acme.example"
  }
}
