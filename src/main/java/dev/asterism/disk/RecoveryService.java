package dev.asterism.disk;

import dev.asterism.crypto.Secret;
import dev.asterism.keys.KeyException;
import dev.asterism.keys.KeyIds;
import dev.asterism.keys.KeySource;
import dev.asterism.keys.KeySources;
import dev.asterism.keys.StorageUri;
import dev.asterism.proto.recover.APIGrpc;
import dev.asterism.proto.recover.RecoverMessage;
import dev.asterism.proto.recover.RecoverResponse;
import dev.asterism.rpc.CallException;
import dev.asterism.rpc.Failures;
import dev.asterism.rpc.Peers;
import dev.asterism.wire.MalformedException;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/** Answers an admin who brings the cluster's secret, once it has opened this very disk. */
final class RecoveryService extends APIGrpc.APIImplBase {
  private static final System.Logger LOG = System.getLogger(RecoveryService.class.getName());

  private final LockedDisk disk;
  private final Consumer<UnlockKeys> unlocked;

  /** A key's check is slow on purpose: strangers get one core at most. */
  private final ReentrantLock oneAtATime = new ReentrantLock(true);

  /**
   * @param unlocked takes the keys, after the answer was sent
   */
  RecoveryService(LockedDisk disk, Consumer<UnlockKeys> unlocked) {
    this.disk = disk;
    this.unlocked = unlocked;
  }

  @Override
  public void recover(RecoverMessage message, StreamObserver<RecoverResponse> out) {
    String peer = Peers.address();
    LOG.log(System.Logger.Level.INFO, "recovery call from {0}", peer);
    UnlockKeys keys;
    try {
      keys = keys(message);
    } catch (Exception e) {
      Status status = Failures.status(e);
      LOG.log(
          System.Logger.Level.WARNING,
          "recovery call from {0} refused: {1}; still waiting",
          peer,
          status.getDescription());
      out.onError(status.asException());
      return;
    }
    out.onNext(RecoverResponse.getDefaultInstance());
    out.onCompleted();
    unlocked.accept(keys);
  }

  private UnlockKeys keys(RecoverMessage message)
      throws MalformedException, KeyException, CallException, IOException {
    StorageUri _ = StorageUri.parse(message.getStorageUri());
    KeySource source = source(message.getKmsUri());
    Secret diskKey = source.dataKey(KeyIds.stateDisk(disk.uuid()), KeyIds.LENGTH);
    boolean taken = false;
    try {
      if (!opens(diskKey)) {
        throw new CallException(
            Status.Code.PERMISSION_DENIED,
            "this master secret does not open the node's disk "
                + disk.uuid()
                + ": is it that of another cluster?");
      }
      var keys = new UnlockKeys(diskKey, source.dataKey(KeyIds.MEASUREMENT_SECRET, KeyIds.LENGTH));
      taken = true;
      return keys;
    } finally {
      if (!taken) {
        diskKey.close();
      }
    }
  }

  private static KeySource source(String kmsUri) throws MalformedException, CallException {
    try {
      return KeySources.open(kmsUri);
    } catch (KeyException e) {
      throw new CallException(Status.Code.UNIMPLEMENTED, String.valueOf(e.getMessage()), e);
    }
  }

  private boolean opens(Secret key) throws IOException, CallException {
    try {
      oneAtATime.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CallException(Status.Code.CANCELLED, "the call was given up before its turn came");
    }
    try {
      return disk.opens(key);
    } finally {
      oneAtATime.unlock();
    }
  }
}
