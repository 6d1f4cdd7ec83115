// Issues UserSigs by the vendor's package: usersig_node.js [sig IDENTIFIER TIME EXPIRE]
const vendorPackage = require("tls-sig-api-v2");

const vendor = new vendorPackage.Api(Number(process.env.PROOFHOUSE_SDK_APP_ID), process.env.PROOFHOUSE_SECRET_KEY);
const [word, identifier, time, expire] = process.argv.slice(2);
if (word === "sig") {
  // The package has no verifier; what it would sign is what its own internal method says.
  console.log(vendor._hmacsha256(identifier, Number(time), Number(expire)));
} else {
  console.log(vendor.genSig(process.env.PROOFHOUSE_ADMIN, 600));
}
