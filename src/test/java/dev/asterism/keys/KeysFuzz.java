package dev.asterism.keys;

import dev.asterism.crypto.Secret;
import dev.asterism.testing.fuzz.FuzzFile;
import dev.asterism.testing.fuzz.FuzzTarget;
import dev.asterism.wire.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;

/** Where keys come from. */
public final class KeysFuzz {
  private static final MasterSecret SECRET =
      new MasterSecret(Secret.copyOf(new byte[32]), Bytes.zeros(33));

  private KeysFuzz() {}

  public static List<FuzzTarget<?>> targets() {
    return List.of(
        FuzzTarget.ofText(
                "KmsUri",
                MasterSecret::fromKmsUri,
                () -> {
                  try (Secret uri = SECRET.toKmsUri()) {
                    return List.of(uri.use(KeysFuzz::text));
                  }
                })
            .writing(secret -> {
              try (Secret uri = secret.toKmsUri()) {
                return Bytes.of(uri.expose());
              }
            })
            .refusing(KeyException.class),
        FuzzTarget.ofText("StorageUri", StorageUri::parse, "storage://no-store")
            .refusing(KeyException.class),
        FuzzTarget.ofText("DiskUuid", KeyIds::stateDisk, "0b7c9f2e-1d3a-4c5b-8e6f-7a8b9c0d1e2f"),
        masterSecretFile());
  }

  private static FuzzTarget<MasterSecret> masterSecretFile() {
    var file = new FuzzFile("master-secret.json");
    return FuzzTarget.of(
            "MasterSecretFile",
            json -> MasterSecret.fromJson(file.with(json)),
            () -> List.of(written(file, SECRET)))
        .writing(secret -> written(file, secret));
  }

  private static Bytes written(FuzzFile file, MasterSecret secret) throws IOException {
    Files.deleteIfExists(file.path());
    secret.writeJson(file.path());
    return file.content();
  }

  private static String text(byte[] ascii) {
    return new String(ascii, java.nio.charset.StandardCharsets.US_ASCII);
  }
}
