set -eu
# Keys
openssl genpkey -quiet -algorithm RSA -pkeyopt rsa_keygen_bits:2048 -out key-rsa-pkcs8.pem
openssl rsa -in key-rsa-pkcs8.pem -traditional -out key-rsa-pkcs1.pem
openssl rsa -in key-rsa-pkcs8.pem -RSAPublicKey_out -out public-rsa-pkcs1.pem
openssl pkey -in key-rsa-pkcs8.pem -pubout -out public-rsa.pem
openssl pkcs8 -topk8 -in key-rsa-pkcs8.pem -v2 aes-256-cbc -iter 2048 -passout pass:sesame -out key-rsa-encrypted.pem
openssl rsa -in key-rsa-pkcs8.pem -traditional -aes128 -passout pass:sesame -out key-rsa-rfc1421.pem
openssl ecparam -name prime256v1 -genkey -out key-p256-sec1.pem
openssl pkcs8 -topk8 -nocrypt -in key-p256-sec1.pem -out key-p256-pkcs8.pem
openssl ec -in key-p256-sec1.pem -no_public -out key-p256-no-public.pem
openssl pkcs8 -topk8 -in key-p256-sec1.pem -scrypt -passout pass:sesame -out key-p256-scrypt.pem
openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-521 -out key-p521.pem
openssl genpkey -algorithm ed25519 -out key-ed25519.pem
openssl genpkey -algorithm x25519 -out key-x25519.pem
for key in rsa-pkcs8 p256-sec1 p256-no-public p521 ed25519 x25519; do
  openssl pkey -in key-$key.pem -pubout -outform DER | openssl dgst -sha256 -r | cut -d' ' -f1 > key-$key.sha256
done

# Certificates
days="-days 7000"
openssl req -x509 -config make.cnf -extensions root -key key-ed25519.pem -subj '/C=DE/O=Example Org/CN=Root' -set_serial 1 $days -out root.pem
openssl req -new -config make.cnf -key key-rsa-pkcs8.pem -subj '/C=DE/O=Example, Inc.+OU=PKI/CN=Zwischenstelle für Geräte' -utf8 -out intermediate.csr
openssl x509 -req -in intermediate.csr -CA root.pem -CAkey key-ed25519.pem -set_serial 0x00f1e2d3c4b5a697887766554433221100ffeedd $days -extfile make.cnf -extensions intermediate -out intermediate.pem
openssl req -new -config make.cnf -key key-p256-sec1.pem -subj '/DC=com/DC=example/emailAddress=user@example.com/serialNumber=0042/CN=device' -out leaf.csr
openssl x509 -req -in leaf.csr -CA intermediate.pem -CAkey key-rsa-pkcs8.pem -set_serial -255 $days -extfile make.cnf -extensions leaf -sha384 -out leaf.pem
openssl req -x509 -config make.cnf -key key-rsa-pkcs8.pem -subj '/CN=PSS' -set_serial 7 $days -sha384 -sigopt rsa_padding_mode:pss -sigopt rsa_pss_saltlen:48 -sigopt rsa_mgf1_md:sha256 -out pss.pem
openssl x509 -in root.pem -trustout -addtrust clientAuth -out trusted.pem

# Requests
openssl req -new -config make.cnf -reqexts request_extensions -key key-p256-sec1.pem -out request.pem
openssl req -new -config make.cnf -key key-p521.pem -subj '/CN=P-521' -out request-p521.pem

# Lists
printf '1000\n' > crlnumber
printf 'R\t270101000000Z\t260202030405Z,keyCompromise\t01\tunknown\t/CN=a\nR\t270101000000Z\t260203030405Z,CAkeyTime,20260101000000Z\t00AB\tunknown\t/CN=b\nR\t270101000000Z\t260204030405Z\t7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\tunknown\t/CN=c\n' > index.txt
openssl ca -gencrl -config make.cnf -keyfile key-rsa-pkcs8.pem -cert intermediate.pem -crldays 30 -out list.pem 2>/dev/null
: > index.txt
openssl ca -gencrl -config make.cnf -name plain -keyfile key-ed25519.pem -cert root.pem -md null -crldays 30 -out list-version-1.pem
rm -f crlnumber* index.txt*

# Messages
printf 'hello' > hello.txt
openssl cms -sign -binary -nodetach -in hello.txt -signer leaf.pem -inkey key-p256-sec1.pem -certfile intermediate.pem -outform PEM -out signed.pem
openssl cms -sign -binary -nodetach -stream -keyid -in hello.txt -signer leaf.pem -inkey key-p256-sec1.pem -nosmimecap -outform DER -out signed-ber.der
openssl crl2pkcs7 -in list.pem -certfile root.pem -certfile intermediate.pem -out certificates.pem
openssl cms -encrypt -binary -aes-256-cbc -in hello.txt -outform PEM -out enveloped.pem -recip intermediate.pem -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -recip leaf.pem -pwri_password sesame -secretkey 000102030405060708090a0b0c0d0e0f -secretkeyid cafe
openssl cms -encrypt -binary -des3 -stream -keyid -in hello.txt -outform DER -out enveloped-ber.der intermediate.pem
openssl cms -sign -binary -nodetach -in enveloped-ber.der -signer leaf.pem -inkey key-p256-sec1.pem -outform PEM -out signed-enveloped.pem
rm hello.txt intermediate.csr leaf.csr

# What OpenSSL says about them
name_options="-nameopt RFC2253,-esc_msb,utf8"
for file in root intermediate leaf pss; do
  openssl x509 -in $file.pem -noout -text -certopt no_sigdump -fingerprint -sha256 $name_options > $file.txt
  openssl x509 -in $file.pem -noout -fingerprint -sha1 -dateopt iso_8601 -dates -serial -subject -issuer $name_options >> $file.txt
done
for file in list list-version-1; do
  openssl crl -in $file.pem -noout -text $name_options | sed '/Signature Value/,$d' > $file.txt
  openssl crl -in $file.pem -noout -fingerprint -sha256 -lastupdate -nextupdate -dateopt iso_8601 >> $file.txt
done
for file in request request-p521; do
  openssl req -in $file.pem -noout -text -verify -reqopt no_sigdump $name_options > $file.txt 2>&1
done
openssl cms -cmsout -print -noout -inform PEM -in signed.pem > signed.txt
