package dev.asterism.attestation.tpm;

import dev.asterism.device.SoftwareTpm;
import dev.asterism.device.Tpm;
import dev.asterism.testing.KeyedTpm;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

class SoftwareTpmContractTest extends TpmClientContract {
  @TempDir Path directory;
  private SoftwareTpm tpm;

  @BeforeEach
  void create() throws IOException {
    tpm = KeyedTpm.create(directory.resolve("tpm.json"));
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
