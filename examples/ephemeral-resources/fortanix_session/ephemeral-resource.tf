ephemeral "fortanix_session" "enclave" {
  provider = accounts

  account_id = "0f3c1a52-6d1f-4f0e-9f5b-1c2d3e4f5a6b"
}

# A script that gets the token in its environment, which no log shows.
resource "terraform_data" "enrolment" {
  provisioner "local-exec" {
    command = "test -n \"$CCM_TOKEN\""

    environment = {
      CCM_TOKEN = ephemeral.fortanix_session.enclave.access_token
    }
  }
}
