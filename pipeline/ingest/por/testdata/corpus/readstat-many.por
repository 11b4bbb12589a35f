0000000000000000000000000000000000000000ASCII SPSS PORT FILE                    
00000000000000000000000000000000000000000000000000000000000000000000000000000000
00000000000000000000000000000000000000000000000000000000000000000000000000000000
0000000000000000000000000123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrst
uvwxyz .<(+|&[]!$*);^-/|,%_>?`:#@'="000000~000000000000000000000{}\0000000000000
00000000000000000000000000000000000000000000000000000000SPSSPORTA8/202401016/000
73318/ReadStat317/https://github.com/WizardMac/ReadStat44/51K/70/2/ID5/8/2/5/8/2
/70/1/X5/8/2/5/8/2/70/1/Y5/8/2/5/8/2/7G/1/T1/C/0/1/C/0/E0/F1/1/0.3MF/6/case 12/2
/0.7F/6/case 23/3/0.B7F/6/case 34/4/0.F/6/case 45/*.0.IMF/6/case 56/6/0.MF/6/cas
e 67/0/0.Q7F/6/case 78/1/1/6/case 89/2/1.3MF/6/case 9A/*.1.7F/7/case 10B/4/1.B7F
/6/case 0C/5/1.F/6/case 1D/6/1.IMF/6/case 2E/0/1.MF/6/case 3F/*.1.Q7F/6/case 4G/
2/2/6/case 5H/3/2.3MF/6/case 6I/4/2.7F/6/case 7J/5/2.B7F/6/case 8K/*.2.F/6/case 
9L/0/2.IMF/7/case 10M/1/2.MF/6/case 0N/2/2.Q7F/6/case 1O/3/3/6/case 2P/*.3.3MF/6
/case 3Q/5/3.7F/6/case 4R/6/3.B7F/6/case 5S/0/3.F/6/case 6T/1/3.IMF/6/case 71+1/
*.3.MF/6/case 811/3/3.Q7F/6/case 912/4/4/7/case 1013/5/4.3MF/6/case 014/6/4.7F/6
/case 115/*.4.B7F/6/case 216/1/4.F/6/case 317/2/4.IMF/6/case 418/3/4.MF/6/case 5
19/4/4.Q7F/6/case 61A/*.5/6/case 71B/6/5.3MF/6/case 81C/0/5.7F/6/case 91D/1/5.B7
F/7/case 101E/2/5.F/6/case 01F/*.5.IMF/6/case 11G/4/5.MF/6/case 21H/5/5.Q7F/6/ca
se 31I/6/6/6/case 41J/0/6.3MF/6/case 51K/*.6.7F/6/case 61L/2/6.B7F/6/case 71M/3/
6.F/6/case 81N/4/6.IMF/6/case 91O/5/6.MF/7/case 101P/*.6.Q7F/6/case 01Q/0/7/6/ca
se 11R/1/7.3MF/6/case 21S/2/7.7F/6/case 31T/3/7.B7F/6/case 42+1/*.7.F/6/case 521
/5/7.IMF/6/case 622/6/7.MF/6/case 723/0/7.Q7F/6/case 824/1/8/6/case 925/*.8.3MF/
7/case 1026/3/8.7F/6/case 027/4/8.B7F/6/case 128/5/8.F/6/case 229/6/8.IMF/6/case
 32A/*.8.MF/6/case 42B/1/8.Q7F/6/case 52C/2/9/6/case 62D/3/9.3MF/6/case 72E/4/9.
7F/6/case 82F/*.9.B7F/6/case 92G/6/9.F/7/case 102H/0/9.IMF/6/case 02I/1/9.MF/6/c
ase 12J/2/9.Q7F/6/case 22K/*.A/6/case 32L/4/A.3MF/6/case 42M/5/A.7F/6/case 52N/6
/A.B7F/6/case 62O/0/A.F/6/case 72P/*.A.IMF/6/case 82Q/2/A.MF/6/case 92R/3/A.Q7F/
7/case 102S/4/B/6/case 02T/5/B.3MF/6/case 13+1/*.B.7F/6/case 231/0/B.B7F/6/case 
332/1/B.F/6/case 433/2/B.IMF/6/case 534/3/B.MF/6/case 635/*.B.Q7F/6/case 736/5/C
/6/case 837/6/C.3MF/6/case 938/0/C.7F/7/case 1039/1/C.B7F/6/case 03A/*.C.F/6/cas
e 13B/3/C.IMF/6/case 23C/4/C.MF/6/case 33D/5/C.Q7F/6/case 43E/6/D/6/case 53F/*.D
.3MF/6/case 63G/1/D.7F/6/case 73H/2/D.B7F/6/case 83I/3/D.F/6/case 93J/4/D.IMF/7/
case 103K/*.D.MF/6/case 03L/6/D.Q7F/6/case 13M/0/E/6/case 23N/1/E.3MF/6/case 33O
/2/E.7F/6/case 43P/*.E.B7F/6/case 53Q/4/E.F/6/case 63R/5/E.IMF/6/case 73S/6/E.MF
/6/case 83T/0/E.Q7F/6/case 94+1/*.F/7/case 1041/2/F.3MF/6/case 042/3/F.7F/6/case
 143/4/F.B7F/6/case 244/5/F.F/6/case 345/*.F.IMF/6/case 446/0/F.MF/6/case 547/1/
F.Q7F/6/case 648/2/G/6/case 749/3/G.3MF/6/case 84A/*.G.7F/6/case 94B/5/G.B7F/7/c
ase 104C/6/G.F/6/case 04D/0/G.IMF/6/case 14E/1/G.MF/6/case 24F/*.G.Q7F/6/case 34
G/3/H/6/case 44H/4/H.3MF/6/case 54I/5/H.7F/6/case 64J/6/H.B7F/6/case 74K/*.H.F/6
/case 84L/1/H.IMF/6/case 94M/2/H.MF/7/case 104N/3/H.Q7F/6/case 04O/4/I/6/case 14
P/*.I.3MF/6/case 24Q/6/I.7F/6/case 34R/0/I.B7F/6/case 44S/1/I.F/6/case 54T/2/I.I
MF/6/case 65+1/*.I.MF/6/case 751/4/I.Q7F/6/case 852/5/J/6/case 953/6/J.3MF/7/cas
e 1054/0/J.7F/6/case 055/*.J.B7F/6/case 156/2/J.F/6/case 257/3/J.IMF/6/case 358/
4/J.MF/6/case 459/5/J.Q7F/6/case 55A/*.K/6/case 65B/0/K.3MF/6/case 75C/1/K.7F/6/
case 85D/2/K.B7F/6/case 95E/3/K.F/7/case 105F/*.K.IMF/6/case 05G/5/K.MF/6/case 1
5H/6/K.Q7F/6/case 25I/0/L/6/case 35J/1/L.3MF/6/case 45K/*.L.7F/6/case 55L/3/L.B7
F/6/case 65M/4/L.F/6/case 75N/5/L.IMF/6/case 85O/6/L.MF/6/case 95P/*.L.Q7F/7/cas
e 105Q/1/M/6/case 05R/2/M.3MF/6/case 15S/3/M.7F/6/case 25T/4/M.B7F/6/case 36+1/*
.M.F/6/case 461/6/M.IMF/6/case 562/0/M.MF/6/case 663/1/M.Q7F/6/case 764/2/N/6/ca
se 865/*.N.3MF/6/case 966/4/N.7F/7/case 1067/5/N.B7F/6/case 068/6/N.F/6/case 169
/0/N.IMF/6/case 26A/*.N.MF/6/case 36B/2/N.Q7F/6/case 46C/3/O/6/case 56D/4/O.3MF/
6/case 66E/5/O.7F/6/case 76F/*.O.B7F/6/case 86G/0/O.F/6/case 96H/1/O.IMF/7/case 
106I/2/O.MF/6/case 06J/3/O.Q7F/6/case 16K/*.P/6/case 26L/5/P.3MF/6/case 36M/6/P.
7F/6/case 46N/0/P.B7F/6/case 56O/1/P.F/6/case 66P/*.P.IMF/6/case 76Q/3/P.MF/6/ca
se 86R/4/P.Q7F/6/case 96S/5/Q/7/case 106T/6/Q.3MF/6/case 07+1/*.Q.7F/6/case 171/
1/Q.B7F/6/case 272/2/Q.F/6/case 373/3/Q.IMF/6/case 474/4/Q.MF/6/case 575/*.Q.Q7F
/6/case 676/6/R/6/case 777/0/R.3MF/6/case 878/1/R.7F/6/case 979/2/R.B7F/7/case 1
07A/*.R.F/6/case 07B/4/R.IMF/6/case 17C/5/R.MF/6/case 27D/6/R.Q7F/6/case 37E/0/S
/6/case 47F/*.S.3MF/6/case 57G/2/S.7F/6/case 67H/3/S.B7F/6/case 77I/4/S.F/6/case
 87J/5/S.IMF/6/case 97K/*.S.MF/7/case 107L/0/S.Q7F/6/case 07M/1/T/6/case 17N/2/T
.3MF/6/case 27O/3/T.7F/6/case 37P/*.T.B7F/6/case 47Q/5/T.F/6/case 57R/6/T.IMF/6/
case 67S/0/T.MF/6/case 77T/1/T.Q7F/6/case 88+1/*.1+1/6/case 981/3/10.3MF/7/case 
1082/4/10.7F/6/case 083/5/10.B7F/6/case 184/6/10.F/6/case 285/*.10.IMF/6/case 38
6/1/10.MF/6/case 487/2/10.Q7F/6/case 588/3/11/6/case 689/4/11.3MF/6/case 78A/*.1
1.7F/6/case 88B/6/11.B7F/6/case 98C/0/11.F/7/case 108D/1/11.IMF/6/case 08E/2/11.
MF/6/case 18F/*.11.Q7F/6/case 28G/4/12/6/case 38H/5/12.3MF/6/case 48I/6/12.7F/6/
case 58J/0/12.B7F/6/case 68K/*.12.F/6/case 78L/2/12.IMF/6/case 88M/3/12.MF/6/cas
e 98N/4/12.Q7F/7/case 108O/5/13/6/case 08P/*.13.3MF/6/case 18Q/0/13.7F/6/case 28
R/1/13.B7F/6/case 38S/2/13.F/6/case 48T/3/13.IMF/6/case 59+1/*.13.MF/6/case 691/
5/13.Q7F/6/case 792/6/14/6/case 893/0/14.3MF/6/case 994/1/14.7F/7/case 1095/*.14
.B7F/6/case 096/3/14.F/6/case 197/4/14.IMF/6/case 298/5/14.MF/6/case 399/6/14.Q7
F/6/case 49A/*.15/6/case 59B/1/15.3MF/6/case 69C/2/15.7F/6/case 79D/3/15.B7F/6/c
ase 89E/4/15.F/6/case 99F/*.15.IMF/7/case 109G/6/15.MF/6/case 09H/0/15.Q7F/6/cas
e 19I/1/16/6/case 29J/2/16.3MF/6/case 39K/*.16.7F/6/case 49L/4/16.B7F/6/case 59M
/5/16.F/6/case 69N/6/16.IMF/6/case 79O/0/16.MF/6/case 89P/*.16.Q7F/6/case 99Q/2/
17/7/case 109R/3/17.3MF/6/case 09S/4/17.7F/6/case 19T/5/17.B7F/6/case 2A+1/*.17.
F/6/case 3ZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZZ
