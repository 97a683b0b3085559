package dev.asterism.attestation.tpm;

import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SoftwareTpmContractTest extends TpmClientContract {
  @TempDir Path directory;
  private SoftwareTpm tpm;

  @BeforeEach
  void create() throws IOException {
    tpm = SoftwareTpm.create(directory.resolve("tpm.json"), new SecureRandom());
  }

  @Override
  Tpm tpm() {
    return new SoftwareTpm(directory.resolve("tpm.json"));
  }

  @Override
  void powerCycle() throws IOException {
    tpm.powerCycle();
  }
}
