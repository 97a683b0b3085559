package dev.asterism.verifyservice;

import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.util.Base64;
import java.util.List;

/** What anybody may ask over HTTP. */
public final class VerifyServiceFuzz {
  private VerifyServiceFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.ofText("NonceQuery", NonceQuery::parse, "nonce=AAECAw%3D%3D", "a=b&nonce=-_8=&c")
            .writing(nonce -> {
              String base64 = Base64.getUrlEncoder().encodeToString(nonce.toArray());
              return Bytes.ofUtf8("nonce=" + base64.replace("=", "%3D"));
            }));
  }
}
