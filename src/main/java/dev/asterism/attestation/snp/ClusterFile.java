package dev.asterism.attestation.snp;

import dev.asterism.attestation.ClusterRegister;
import dev.asterism.attestation.IssueException;
import dev.asterism.attestation.Variant;
import dev.asterism.crypto.Digests;
import dev.asterism.wire.AtomicFile;
import dev.asterism.wire.Bytes;
import dev.asterism.wire.MalformedException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The cluster ID of a guest that has no register for it: a file that is gone after a reboot, and
 * written once. The kernel and whoever is root there can change it; a measured image must not.
 */
public final class ClusterFile implements ClusterRegister {
  private static final Digests HASH = Variant.SEV_SNP.measurementHash();
  private static final int LARGEST = 256;

  private final Path file;

  /**
   * @param file in a file system in memory: {@code /run/asterism/cluster-id}
   */
  public ClusterFile(Path file) {
    this.file = file;
  }

  /** The cluster that this machine is of, since it started; empty before it has joined. */
  Optional<Bytes> clusterId() throws IssueException {
    try {
      String hex =
          new String(AtomicFile.read(file, LARGEST).toArray(), StandardCharsets.US_ASCII).strip();
      Bytes clusterId = Bytes.ofHex("cluster id", hex);
      if (clusterId.length() != SnpClaims.CLUSTER_ID) {
        throw new IssueException(file + " holds no cluster ID: reboot this machine");
      }
      return Optional.of(clusterId);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | MalformedException e) {
      throw new IssueException(file + " cannot be read: reboot this machine", e);
    }
  }

  @Override
  public Bytes read() throws IssueException {
    return clusterId().map(this::expectedAfter).orElseGet(() -> Bytes.zeros(HASH.length()));
  }

  @Override
  public void extend(Bytes clusterId) throws IssueException {
    try {
      AtomicFile.writeNew(
          file, (clusterId.hex() + "\n").getBytes(StandardCharsets.US_ASCII), AtomicFile.PUBLIC);
    } catch (FileAlreadyExistsException e) {
      throw new IssueException("this machine is of a cluster already, as " + file + " says", e);
    } catch (IOException e) {
      throw new IssueException(file + " cannot be written", e);
    }
  }

  @Override
  public Bytes expectedAfter(Bytes clusterId) {
    return ClusterRegister.extended(HASH, Bytes.zeros(HASH.length()), clusterId);
  }
}
