data "gcore_sellers" "ann" {
  provider = accounts

  email = "ann@reseller.example"
}

# For the argument seller of a gcore_reseller_user.
output "ann" {
  value = one(data.gcore_sellers.ann.sellers[*].id)
}
