package dev.asterism.attestation;

import dev.asterism.crypto.Digests;
import dev.asterism.wire.Bytes;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Optional;

/**
 * The vendors' keys that evidence may chain to, by name and hash. The certificates themselves come
 * with the evidence or from a cache; only what matches a hash here is one of these.
 */
public enum TrustAnchor {
  AMD_ARK_MILAN(
      "amd-ark-milan",
      true,
      false,
      "69d063b45344d26a2e94e1f4210de49ef555308287d4c174445c95639a540bcd",
      "9f056bee44377e29308cb5ffa895bdfb62d18881fa6bed8d6f075b0204089cb9"),
  AMD_ARK_GENOA(
      "amd-ark-genoa",
      true,
      false,
      "4c6598d19c18719c5dfd4a7d335f674e5bfe1d8f800cea2cf270c10d103db2f1",
      "429a69c9422aa258ee4d8db5fcda9c6470ef15f8cd5a9cebd6cbc7d90b863831"),
  AMD_ARK_TURIN(
      "amd-ark-turin",
      true,
      false,
      "1f084161a44bb6d93778a904877d4819cafa5d05ef4193b2ded9dd9c73dd3f6a",
      "4f125410563a2ab9a50356f9243f6fe0b6f73de98603f53f90339c70e9d7ad08"),
  AMD_ASK_MILAN(
      "amd-ask-milan",
      false,
      false,
      "67d303bd3905fd38db8b20e0793699870e7fa612eaad5dec358293fd8c0bac1b",
      "42491669ccb851d627ea9846cd24eccbeb7de7c2a62740120fff88001d38ebb6"),
  AMD_ASK_GENOA(
      "amd-ask-genoa",
      false,
      false,
      "5464738c1546aed5f2cecf1dc98c5c960a92e8913238a61711bc90ec6e828521",
      "0324d55bcd48ba877a8fd87c0e1b4934dec8448e3807a24384a34dc6a6c9ebb8"),
  AMD_ASK_TURIN(
      "amd-ask-turin",
      false,
      false,
      "5b77ef5fe7a7a004fd9032668fba9d0fda22f88c4442069a479636a6ae3b3185",
      "0000ead352025f208bf55297c4192c34cd1b878002107366d8f2065a9ae7d3a9"),
  AMD_ASVK_MILAN(
      "amd-asvk-milan",
      false,
      false,
      "c5e081f59b7efab1fe2f8b505e159704e72f29cab7ef7cf628a05a42439082f5",
      "66450a123ea5876206df67f2514a4fea224c0f63b18313423078b0edc4535e33"),
  AMD_ASVK_GENOA(
      "amd-asvk-genoa",
      false,
      false,
      "197e610743a917d6b9bb982a5a9226ccc0a15b611be0619e626aca9151457372",
      "7d1633252ebbadaa75f96e9b4e6f7d43a90ceb3f843937482630f8da2459264e"),
  AMD_ASVK_TURIN(
      "amd-asvk-turin",
      false,
      false,
      "104e10a8bd060a3c20a434261a57d0588fd65a88915b4f65b08bdecaf8df1a3c",
      "bfc441408b2f806c5dbf180bd8920e6e60dd404d82141780d85dbf962954d386"),
  INTEL_SGX_ROOT(
      "intel-sgx-root",
      true,
      false,
      "44a0196b2b99f889b8e149e95b807a350e7424964399e885a7cbb8ccfab674d3",
      "a0af031289f5d5d4132f9186068a7fc13628633ba235777472e29b6b6c67a49e"),
  INTEL_SGX_PCK_PLATFORM(
      "intel-sgx-pck-platform",
      false,
      false,
      "22eb770dca215b607b5ccfc21a672b1da5cc660b1ad0365020567979edcaa0e1",
      "5af8709d23989004d46b7c02b1f88d0e65f100ce860eec10e94104a1f4d15594"),
  INTEL_SGX_PCK_PROCESSOR(
      "intel-sgx-pck-processor",
      false,
      false,
      "13b2dccef8fc4ec977ee5249743b0f758ebd1e28d768b2e1e12bc348adaa09fb",
      "cd7c95bd6ea4c67253a57b1de6ed47bd839ba5af102c5bbedf3fc414cd1a9cbc"),
  INTEL_SGX_TCB_SIGNING(
      "intel-sgx-tcb-signing",
      false,
      false,
      "c0575e76d0303b61d09cde8cbdb70db34a74f38318300d7c0e6ba8cf4bf45aea",
      "bd7d4b9c805d92607dee34683a104abfa7b2a487e06af2edf0740a8666cbc22f"),
  AWS_NITRO_ROOT_G1(
      "aws-nitro-root-g1",
      true,
      false,
      "641a0321a3e244efe456463195d606317ed7cdcc3c1756e09893f3c68f79bb5b",
      "f2caf5ecc6190b4a8399b78bc58a2bbcd0382375db8a1bfd78a82743874fd225"),
  GCP_EK_AK_ROOT(
      "gcp-ek-ak-root",
      true,
      false,
      "594759594b9b61524f6c8ef668f7177f7b9066bc0674f2f49fe9e052be78beb2",
      "56a613f57126a385dd6949294e93b0b566f96ab0573be0c2368e6f5ca779831f"),
  GCP_TPM_EK_HOST_ROOT_2018(
      "gcp-tpm-ek-host-root-2018",
      true,
      true,
      "9bd5285f8fb18502a7947e621ffd470266f49fcd3b73e19a190f690ad32a7caf",
      "f23057f4f97d1d90e4cae0ce91d5a0fc99069f0a1bc147021dca33b1e9c4d0d9"),
  GCP_TPM_EK_HOST_SIGNER_2020(
      "gcp-tpm-ek-host-signer-2020",
      false,
      false,
      "5d8dbcf8c8053dd8ffad711b6219355032b7122c34cac0f90ccb49def69ec504",
      "ea74a128fd274552c4f5904cb3c830cbf3d99035a2ac7bab7ce9d59f5997b12f"),
  AZURE_VTPM_ROOT_2023(
      "azure-vtpm-root-2023",
      true,
      false,
      "e6c596b17f8ffefba5c300f714cfb1260c6028704ecf7becc4ab5018efb00e95",
      "5cbc52672ae101263c2976736044a964c1182ce9412c39937183baddcccb8cdf"),
  AZURE_VTPM_CA_2025(
      "azure-vtpm-ca-2025",
      false,
      false,
      "41a1675dc1b7df8a5c59c8101c697ce500d0fa5f09bcdaa431bc4a3652363b14",
      "13565189adf67d7adc6f8111209b863b049b3999383cf2e98ebeef737b1a2e49"),
  AZURE_GLOBAL_VTPM_CA_03(
      "azure-global-vtpm-ca-03",
      false,
      false,
      "fd7c92dabce4dcec9feaa30f8b087ada0598413189182152b881f5564064a29c",
      "e21f1caf8809cbaedee5477472c552ab31d49e8021ac52bd4ecc7d234a24a8c2"),
  MICROSOFT_RSA_DEVICES_ROOT_2021(
      "microsoft-rsa-devices-root-2021",
      true,
      true,
      "8c2bb9144d4970c94fb8105cc5d860a58e2e675eb360fdd8c14b30833aaaec1d",
      "d61ed293962f1f6ceb26ea9ec1c5a8c6cab38e73671f27c22df90e47977707ff"),
  MICROSOFT_AMEROOT(
      "microsoft-ameroot",
      true,
      true,
      "ea76599d86897382aa519ff2bc0fa6b9c15d60da2ebe53e72139cd317b0797ed",
      "11f06a8ab046a00e764af8ad3d6e34a315609137c2327c64767ea0cd94b6671a");

  private final String id;
  private final boolean root;
  private final boolean caution;
  private final String certificateSha256;
  private final String keySha256;

  TrustAnchor(
      String id, boolean root, boolean caution, String certificateSha256, String keySha256) {
    this.id = id;
    this.root = root;
    this.caution = caution;
    this.certificateSha256 = certificateSha256;
    this.keySha256 = keySha256;
  }

  /** The name in manifests and configurations: {@code amd-ark-milan}. */
  public String id() {
    return id;
  }

  /** A self-signed root; the others are known intermediates. */
  public boolean root() {
    return root;
  }

  /**
   * Only one independent source of this key was found: it counts only where a configuration or a
   * manifest names it, never by default.
   */
  public boolean caution() {
    return caution;
  }

  /** SHA-256 of the DER certificate as it was found, hex; the key may have others. */
  public String certificateSha256() {
    return certificateSha256;
  }

  /** SHA-256 of the DER SubjectPublicKeyInfo, hex. */
  public String keySha256() {
    return keySha256;
  }

  /** Whether {@code certificate} is of this anchor's key. */
  public boolean holds(X509Certificate certificate) {
    Bytes key = Bytes.of(certificate.getPublicKey().getEncoded());
    return Digests.SHA256.of(key).hex().equals(keySha256);
  }

  public static Optional<TrustAnchor> byId(String id) {
    return Arrays.stream(values()).filter(a -> a.id.equals(id)).findAny();
  }
}
