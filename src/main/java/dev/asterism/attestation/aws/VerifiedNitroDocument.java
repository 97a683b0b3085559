package dev.asterism.attestation.aws;

/** What the Nitro hypervisor signed. Only {@link NitroVerifier} makes one. */
final class VerifiedNitroDocument {
  private final NitroDocument content;

  VerifiedNitroDocument(NitroDocument content) {
    this.content = content;
  }

  NitroDocument content() {
    return content;
  }
}
