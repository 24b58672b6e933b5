output "customers" {
  description = "The customers by key: name, file, policy, and the ids of their accounts. An id is null where the file names no such account."
  value = {
    for key, customer in local.customers : key => {
      name   = customer.name
      file   = customer.file
      policy = customer.policy

      gcore_account_id = try(
        gcore_account.customer[key].id, gcore_reseller_user.customer[key].client_id, null,
      )
      gcore_user_id          = try(gcore_reseller_user.customer[key].id, null)
      softwareone_account_id = try(softwareone_account.customer[key].id, null)
      fortanix_account_id    = try(fortanix_account.customer[key].id, null)
    }
  }
}
