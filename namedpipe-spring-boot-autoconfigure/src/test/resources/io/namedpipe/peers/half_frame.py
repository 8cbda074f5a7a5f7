# half_frame.py OUT: one whole frame behind four bytes of length, then a third of one, then nothing
import os, sys, time

target = int(sys.argv[1])
os.write(target, b"\0\0\0\5whole" + b"\0\0\0\11hal")
time.sleep(300)
