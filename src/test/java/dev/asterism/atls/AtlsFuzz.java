package dev.asterism.atls;

import dev.asterism.crypto.DistinguishedNames;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.security.Principal;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** The nonces of a handshake. */
public final class AtlsFuzz {
  private AtlsFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    String nonce = Bytes.zeros(Nonce.LENGTH).base64();
    return List.of(
        FuzzTarget.ofText("Nonce", text -> Nonce.parse("server_name", text), nonce, "")
            .writing(value -> Bytes.ofUtf8(value.base64())),
        FuzzTarget.of(
                "NonceAuthority",
                AtlsFuzz::authority,
                () -> List.of(DistinguishedNames.ofCommonName(nonce)))
            .writing(value -> DistinguishedNames.ofCommonName(value.base64())));
  }

  private static Bytes authority(Bytes name) throws MalformedException {
    X500Principal principal;
    try {
      principal = new X500Principal(name.toArray());
    } catch (IllegalArgumentException e) {
      // Such a name does not get out of the TLS library.
      throw new MalformedException("certificate_authorities", "is no name");
    }
    return NonceAuthority.read(new Principal[] {principal});
  }
}
