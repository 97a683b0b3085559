package dev.asterism.sharing;

import java.net.InetAddress;

/** The place of one connection; its fields are guarded by the lock of {@link Connections}. */
public final class Connection {
  final Connections all;
  final Connections.Peer peer;
  final InetAddress address;
  final Runnable closer;

  /** Number of the event since which it rests. */
  long since;

  /** What is being done for it now. */
  int works;

  boolean established;
  boolean gone;

  Connection(Connections all, Connections.Peer peer, InetAddress address, Runnable closer) {
    this.all = all;
    this.peer = peer;
    this.address = address;
    this.closer = closer;
  }

  public InetAddress address() {
    return address;
  }

  /** Something is being done for it: it stays open until as many {@link #endWork} follow. */
  public void beginWork() {
    all.beginWork(this);
  }

  /** Begins its rest anew, unless something else is being done. */
  public void endWork() {
    all.endWork(this);
  }

  /** Whether something is being done for it now. */
  boolean busy() {
    return all.busy(this);
  }

  /** It got as far as requests. */
  public void establish() {
    all.establish(this);
  }

  public boolean established() {
    return all.established(this);
  }

  /** Gives its place back; at any time, any number of times. */
  public void closed() {
    all.closed(this);
  }
}
